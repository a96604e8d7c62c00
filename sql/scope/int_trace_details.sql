-- grain: person_id
-- reads: config.settings, int_nhs_numbers, int_people, int_trace_cohort, stg_people
-- why: what the trace service is told of a person: the least that its cross-check and its search by
--   name need (PDS MESH). Of a sensitive person it is not told where they live. What cannot be
--   searched for (no birth date, one that lies ahead, or neither a number nor a family name) is not
--   asked.
with settings as (
    select cast(as_at_local as date) as today from config.settings
),

cohort as (
    select person_id from int_trace_cohort
),

final as (
    select
        cohort.person_id,
        coalesce(numbers.nhs_number,
            case when people.is_held_number_valid then people.held_number end) as nhs_no,
        printable(names.last_name) as family_name,
        printable(names.first_name) as given_name,
        case names.gender when 'M' then '1' when 'F' then '2' else '0' end as gender,
        day_digits(people.birth_date) as date_of_birth,
        case
            when not numbers.is_sensitive
                then spaced_postcode(people.postcode)
        end as postcode,
        people.birth_date is not null and people.birth_date <= settings.today
            and (numbers.nhs_number is not null or people.is_held_number_valid
            or people.family is not null)
            as is_askable,
        -- of what the council itself holds: what the trace has told is no change of details
        sha256_hex(concat_ws('|',
            coalesce(people.held_number, ''), coalesce(names.last_name, ''),
            coalesce(names.first_name, ''),
            coalesce(names.gender, ''), coalesce(cast(people.birth_date as varchar), ''),
            coalesce(people.postcode, '')
        )) as details_sha256
    from cohort
    cross join settings
    inner join int_people as people on people.person_id = cohort.person_id
    inner join stg_people as names on names.person_id = cohort.person_id
    inner join int_nhs_numbers as numbers on numbers.person_id = cohort.person_id
)

select
    person_id, nhs_no, family_name, given_name, gender, date_of_birth, postcode, is_askable,
    details_sha256
from final
