-- grain: collection_year, person_id
-- reads: config.return_periods, int_return_answers, ssda903_episodes, ssda903_header,
--   stg_adoption_plans
-- publishes to: returns/ssda903_ad1
-- why: The children adopted in the collection year, with the newest decision and match, and who
--   adopted them.
with adopted as (
    select distinct episodes.collection_year, episodes.person_id, episodes.child, periods.as_at
    from ssda903_episodes as episodes
    inner join config.return_periods as periods
        on periods.return_name = '903' and periods.year = episodes.collection_year
    where episodes.rec in ('E11', 'E12')
        and episodes.dec between periods.starts_on and periods.ends_on
),

plans as (
    select
        adopted.collection_year, adopted.person_id, plans.workflow_step_id, plans.decided_on,
        plans.matched_on,
        row_number() over (partition by adopted.collection_year, adopted.person_id
            order by plans.decided_on desc, plans.workflow_step_id desc) as place
    from adopted
    inner join stg_adoption_plans as plans
        on plans.person_id = adopted.person_id and plans.decided_on <= adopted.as_at
),

answers as (
    select
        workflow_step_id, person_id,
        max(case when field = 'return_adopted_by_carer'
            then case lower(text_answer) when 'yes' then 1 when 'no' then 0 end end) as foster_care,
        max(case when field = 'return_adopters' then text_answer end) as nb_adoptr,
        max(case when field = 'return_adopters_sex' then upper(text_answer) end) as sex_adoptr,
        max(case when field = 'return_adopters_status' then upper(text_answer) end) as ls_adoptr
    from int_return_answers
    where kind = 'adoption'
    group by workflow_step_id, person_id
)

select
    adopted.collection_year, adopted.person_id, adopted.child, header.dob,
    plans.decided_on as date_int, plans.matched_on as date_match, answers.foster_care,
    answers.nb_adoptr, answers.sex_adoptr, answers.ls_adoptr, plans.workflow_step_id,
    row_number() over (partition by adopted.collection_year order by adopted.person_id)
        as row_position
from adopted
inner join ssda903_header as header
    on header.collection_year = adopted.collection_year and header.person_id = adopted.person_id
left join plans on plans.collection_year = adopted.collection_year
    and plans.person_id = adopted.person_id and plans.place = 1
left join answers on answers.workflow_step_id = plans.workflow_step_id
    and answers.person_id = adopted.person_id
