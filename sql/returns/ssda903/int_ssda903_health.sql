-- grain: collection_year, person_id
-- reads: config.return_periods, int_return_answers, int_ssda903_children, stg_health_assessments,
--   stg_offences, stg_people
-- why: What is known of the health of children looked after without a break: the year's assessments
--   and questionnaire, the answers on health forms, convictions. Whether something was done is a 0
--   where nothing says so.
with children as (
    select
        children.collection_year, children.person_id, children.child,
        cast(people.birth_at as date) as birth_date,
        periods.starts_on, periods.ends_on, periods.as_at
    from int_ssda903_children as children
    inner join config.return_periods as periods
        on periods.return_name = '903' and periods.year = children.collection_year
    left join stg_people as people on people.person_id = children.person_id
    where children.is_continuous
),

assessed as (
    select
        children.collection_year, children.person_id,
        count(assessments.health_id) > 0 as is_assessed,
        max_by(assessments.sdq_score, (assessments.assessed_on, assessments.health_id))
            filter (where assessments.is_sdq_completed and assessments.sdq_score is not null)
                as sdq_score,
        max_by(assessments.sdq_reason,
            (assessments.assessed_on,
            assessments.health_id)) filter (where assessments.sdq_reason is not null) as sdq_reason
    from children
    inner join stg_health_assessments as assessments
        on assessments.person_id = children.person_id
            and assessments.assessed_on between children.starts_on and children.as_at
    group by children.collection_year, children.person_id
),

answers as (
    select
        children.collection_year, children.person_id,
        max(case when answers.field = 'return_health_check' then lower(answers.text_answer) end)
            as health_check,
        max(case when answers.field = 'return_immunisations' then lower(answers.text_answer) end)
            as immunisations,
        max(case when answers.field = 'return_teeth_check' then lower(answers.text_answer) end)
            as teeth_check,
        max(case when answers.field = 'return_substance_misuse' then lower(answers.text_answer) end)
            as substance_misuse,
        max(case when answers.field = 'return_intervention_received'
            then lower(answers.text_answer) end) as received,
        max(case when answers.field = 'return_intervention_offered'
            then lower(answers.text_answer) end) as offered
    from children
    inner join int_return_answers as answers
        on answers.person_id = children.person_id and answers.kind = 'health'
        and cast(answers.started_at as date) between children.starts_on and children.as_at
    group by children.collection_year, children.person_id
),

convicted as (
    select children.collection_year, children.person_id
    from children
    inner join stg_offences as offences
        on offences.person_id = children.person_id and offences.is_convicted
        and offences.offence_on between children.starts_on and children.as_at
    group by children.collection_year, children.person_id
)

select
    children.collection_year, children.person_id, children.child, children.birth_date,
    children.starts_on, children.ends_on,
    coalesce(assessed.is_assessed, false) as is_assessed, assessed.sdq_score, assessed.sdq_reason,
    answers.health_check, answers.immunisations, answers.teeth_check, answers.substance_misuse,
    answers.received, answers.offered, convicted.person_id is not null as is_convicted
from children
left join assessed on assessed.collection_year = children.collection_year
    and assessed.person_id = children.person_id
left join answers on answers.collection_year = children.collection_year
    and answers.person_id = children.person_id
left join convicted on convicted.collection_year = children.collection_year
    and convicted.person_id = children.person_id
