-- grain: person_id, sender, field
-- reads: config.integrated_conditions, config.integrated_leads, config.settings, int_cld_steps,
--   diagnoses_candidates, int_patient_people, int_return_answers, stg_addresses, stg_patients,
--   stg_people
-- why: What the case store and a health sender each hold of one person, field by field: recorded
--   twice and equal, twice and different, or once. Spellings are folded before they are compared.
--   Nothing of it is published as it stands; what may be seen of whom, integrated_records decides.
--   The case store dates an address and a form, nothing else of a person.
with settings as (
    select as_at_local from config.settings
),

known_to_both as (
    select links.person_id, links.sender, links.patient_id, links.nhs_number
    from int_patient_people as links
    where links.withheld_as is null
),

addresses as (
    select
        addresses.person_id, addresses.postcode, cast(addresses.started_at as date) as recorded_on,
        row_number() over (
            partition by addresses.person_id
            order by addresses.is_display desc, addresses.started_at desc nulls last,
                addresses.address_id desc
        ) as rank
    from stg_addresses as addresses
    cross join settings
    where addresses.person_id in (select person_id from known_to_both)
        and (addresses.started_at is null or addresses.started_at <= settings.as_at_local)
        and (addresses.ended_at is null or addresses.ended_at > settings.as_at_local)
),

pairs as (
    select
        known.person_id, known.sender, known.patient_id,
        cast(patients.last_updated as date) as health_recorded_on,
        people.last_name, patients.family, people.first_name, patients.given,
        cast(people.birth_at as date) as birth_on, patients.birth_date,
        case people.gender when 'M' then 'male' when 'F' then 'female'
            when 'U' then 'unknown' else 'other' end as council_gender,
        patients.gender, nhs_number_text(people.nhs_id) as held_number, patients.nhs_number,
        cast(people.died_at as date) as died_on,
        coalesce(substr(patients.deceased_at, 1, 10),
            case when patients.is_deceased then 'date not known' end) as deceased_on,
        addresses.postcode as council_postcode, addresses.recorded_on as postcode_recorded_on,
        patients.postcode
    from known_to_both as known
    inner join stg_patients as patients
        on patients.sender = known.sender and patients.patient_id = known.patient_id
    inner join stg_people as people on people.person_id = known.person_id
    left join addresses on addresses.person_id = known.person_id and addresses.rank = 1
),

said as (
    select
        answers.person_id, fields.field, answers.text_answer as answer, steps.started_on,
        row_number() over (partition by answers.person_id, fields.field
            order by steps.started_on desc, steps.workflow_step_id desc) as rank
    from int_return_answers as answers
    inner join int_cld_steps as steps
        on steps.workflow_step_id = answers.workflow_step_id and steps.person_id = answers.person_id
    inner join (select distinct field from config.integrated_conditions) as fields
        on 'cld_' || fields.field = answers.field
    where steps.left_out_as is null and answers.text_answer is not null
),

diagnosed as (
    select
        diagnoses.person_id, diagnoses.sender, conditions.field,
        max(cast(diagnoses.recorded_at as date)) as recorded_on
    from diagnoses_candidates as diagnoses
    inner join config.integrated_conditions as conditions on conditions.code = diagnoses.code
    where diagnoses.excluded_as is null and diagnoses.person_id is not null
    group by diagnoses.person_id, diagnoses.sender, conditions.field
),

-- a diagnosis that a sender does not hold is not recorded as absent
conditions as (
    select
        known.person_id, known.sender, known.patient_id, said.field, said.answer as council_value,
        said.started_on as council_recorded_on,
        case when diagnosed.person_id is not null then 'Yes' end as health_value,
        diagnosed.recorded_on as health_recorded_on
    from known_to_both as known
    inner join said on said.person_id = known.person_id and said.rank = 1
    left join diagnosed
        on diagnosed.person_id = known.person_id and diagnosed.sender = known.sender
            and diagnosed.field = said.field
    where said.answer = 'Yes' or diagnosed.person_id is not null
    union all
    select
        known.person_id, known.sender, known.patient_id, diagnosed.field, null, null, 'Yes',
        diagnosed.recorded_on
    from known_to_both as known
    inner join diagnosed on diagnosed.person_id = known.person_id
        and diagnosed.sender = known.sender
    left join said on said.person_id = known.person_id and said.field = diagnosed.field
        and said.rank = 1
    where said.person_id is null
),

compared as (
    select
        person_id, sender, patient_id, 'family_name' as field, last_name as council_value,
        cast(null as date) as council_recorded_on,
        family as health_value, health_recorded_on,
        fold_name(last_name) = fold_name(family) as is_equal
    from pairs
    union all
    select person_id, sender, patient_id, 'given_name', first_name, null, given, health_recorded_on,
        fold_name(first_name) = fold_name(given)
    from pairs
    union all
    select
        person_id, sender, patient_id, 'birth_date', cast(birth_on as varchar), null,
        cast(birth_date as varchar), health_recorded_on, birth_on = birth_date
    from pairs
    union all
    select person_id, sender, patient_id, 'gender', council_gender, null, gender,
        health_recorded_on, council_gender = gender from pairs
    union all
    select person_id, sender, patient_id, 'nhs_number', held_number, null, nhs_number,
        health_recorded_on, held_number = nhs_number from pairs
    union all
    select
        person_id, sender, patient_id, 'date_of_death', cast(died_on as varchar), null, deceased_on,
        health_recorded_on, cast(died_on as varchar) = deceased_on
    from pairs
    union all
    select
        person_id, sender, patient_id, 'postcode', council_postcode, postcode_recorded_on, postcode,
        health_recorded_on, fold_postcode(council_postcode) = fold_postcode(postcode)
    from pairs
    union all
    select
        person_id, sender, patient_id, field, council_value, council_recorded_on, health_value,
        health_recorded_on, council_value = health_value
    from conditions
),

-- of a person whom a sender holds twice, what differs speaks
placed as (
    select
        person_id, sender, field, council_value, council_recorded_on, health_value,
        health_recorded_on, is_equal,
        row_number() over (partition by person_id, sender, field
            order by is_equal nulls last, patient_id) as rank
    from compared
    where council_value is not null or health_value is not null
)

select
    placed.person_id, placed.sender, placed.field,
    case
        when placed.health_value is null then 'recorded once, by the council'
        when placed.council_value is null then 'recorded once, by health'
        when placed.is_equal then 'recorded twice and equal'
        else 'recorded twice and different'
    end as outcome,
    placed.council_value, placed.council_recorded_on, placed.health_value,
    placed.health_recorded_on, leads.leads
from placed
left join config.integrated_leads as leads on leads.field = placed.field
where placed.rank = 1
