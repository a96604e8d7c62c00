-- grain: consent_request_id, person_id
-- reads: config.settings, int_consent_answers, int_consent_groups, int_people,
--   stg_subgroup_subjects
-- why: the people whom each consent request is about. A step may be about several people, and an
--   answer may name its subject. A decision that names nobody counts for everyone in the step. So
--   does a decision that names somebody who is not in the step, and a refusal that names the parent
--   who decided: it is not clear about any of them, so it can only close.
with settings as (
    select as_at_local from config.settings
),

-- a group other than the step's own, named by an answer, adds people and makes the request unclear
-- about them
members as (
    select
        requests.consent_request_id,
        subjects.subject_id as person_id,
        bool_or(requests.is_of_step and subjects.subject_type = 'PER') as is_in_step
    from int_consent_groups as requests
    inner join stg_subgroup_subjects as subjects on subjects.subgroup_id = requests.subgroup_id
    where subjects.may_be_person
    group by requests.consent_request_id, subjects.subject_id
),

counted as (
    select consent_request_id, person_id, is_in_step,
        count(*) over (partition by consent_request_id) as count_people
    from members
),

by_parents as (
    select consent_request_id, subject_person_id
    from int_consent_answers
    where field = 'consent_decided_by' and meaning = 'parental_responsibility'
),

named as (
    select
        answers.consent_request_id,
        answers.subject_person_id as person_id,
        bool_or(
            members.person_id is null
            or (
                coalesce(answers.meaning not in ('given', 'not_sought', 'not_required'), true)
                and coalesce(age_in_years(people.birth_date,
                    cast(settings.as_at_local as date)) >= 18, false)
                and exists (
                    select 1 from by_parents
                    where by_parents.consent_request_id = answers.consent_request_id
                        and coalesce(by_parents.subject_person_id, answers.subject_person_id)
                            = answers.subject_person_id
                )
            )
        ) as is_doubtful
    from int_consent_answers as answers
    cross join settings
    left join members
        on members.consent_request_id = answers.consent_request_id
        and members.person_id = answers.subject_person_id
        and members.is_in_step
    left join int_people as people on people.person_id = answers.subject_person_id
    where answers.field = 'consent_decision' and answers.subject_person_id is not null
    group by answers.consent_request_id, answers.subject_person_id
),

-- requests with a decision that names nobody, or with no decision at all
unnamed as (
    select distinct consent_request_id
    from int_consent_groups
    where consent_request_id not in (select consent_request_id from named)
    union
    select consent_request_id
    from int_consent_answers
    where field = 'consent_decision' and subject_person_id is null
),

doubtful as (
    select distinct consent_request_id from named where is_doubtful
),

subjects as (
    select counted.consent_request_id, counted.person_id,
        counted.is_in_step and counted.count_people = 1 as is_clear
    from counted
    inner join unnamed on unnamed.consent_request_id = counted.consent_request_id
    union all
    select named.consent_request_id, named.person_id,
        not named.is_doubtful and unnamed.consent_request_id is null
    from named
    left join unnamed on unnamed.consent_request_id = named.consent_request_id
    left join counted
        on counted.consent_request_id = named.consent_request_id
        and counted.person_id = named.person_id
        and counted.count_people = 1
        and counted.is_in_step
    where counted.person_id is null or named.is_doubtful or unnamed.consent_request_id is null
),

others as (
    select counted.consent_request_id, counted.person_id
    from counted
    inner join doubtful on doubtful.consent_request_id = counted.consent_request_id
    left join named
        on named.consent_request_id = counted.consent_request_id
            and named.person_id = counted.person_id
    where coalesce(named.is_doubtful, true)
),

placed as (
    select consent_request_id, person_id, is_clear, false as is_by_another from subjects
    union all
    select consent_request_id, person_id, false, true from others
),

final as (
    select
        consent_request_id,
        person_id,
        bool_and(is_clear) as is_subject_clear,
        bool_or(is_by_another) as is_by_another
    from placed
    group by consent_request_id, person_id
)

select consent_request_id, person_id, is_subject_clear, is_by_another from final
