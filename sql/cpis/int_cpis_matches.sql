-- grain: person_id
-- reads: int_cpis_plans, int_nhs_numbers, int_people, int_trace_answers, stg_patients, stg_people,
--   trace.responses
-- why: Whether the NHS would match a record before it is sent. Birth date and family name must be
--   those of the Spine; then the given names are tried: all of them, the first against the first,
--   the first against any. What the trace answered is what the Spine holds; where no trace tells, a
--   health sender's patient of the same number stands in for it, and one that agrees is enough.
with people as (
    select
        people.person_id, people.nhs_number, known.family, known.given, known.birth_date,
        given_names(stg_people.first_name) as given_names
    from int_nhs_numbers as people
    inner join int_people as known on known.person_id = people.person_id
    inner join stg_people on stg_people.person_id = people.person_id
    where people.nhs_number is not null
        and people.person_id in (select person_id from int_cpis_plans)
),

traced as (
    select
        people.person_id, 1 as source, fold_name(responses.family_name) as family,
        given_names(concat_ws(' ', responses.given_name, responses.other_given_name))
            as given_names,
        cast(trace_moment(responses.date_of_birth) as date) as birth_date
    from people
    inner join int_trace_answers as answers
        on answers.person_id = people.person_id and answers.matched_number = people.nhs_number
    inner join trace.responses as responses
        on responses.file = answers.file and responses.unique_reference = answers.unique_reference
    where text_of(responses.family_name) is not null
),

sent as (
    select
        people.person_id, 2 as source, fold_name(patients.family) as family,
        given_names(patients.given) as given_names, patients.birth_date
    from people
    inner join stg_patients as patients on patients.nhs_number = people.nhs_number
    where patients.family is not null
),

spine as (
    select person_id, source, family, given_names, birth_date from traced
    union all
    select person_id, source, family, given_names, birth_date from sent
),

compared as (
    select
        people.person_id, spine.source,
        case
            when people.birth_date <> spine.birth_date then 'birth_date_differs'
            when people.family <> spine.family then 'family_name_differs'
            when people.given_names <> spine.given_names
                and not coalesce(contains(spine.given_names, first_of(people.given_names)), false)
                then 'given_name_differs'
        end as difference,
        min(spine.source) over (partition by people.person_id) as best
    from people
    inner join spine on spine.person_id = people.person_id
)

select
    person_id,
    case when bool_or(difference is null) then null else min(difference) end as difference,
    case when min(source) = 1 then 'trace' else 'patient' end as compared_with
from compared
where source = best
group by person_id
