-- grain: security
-- reads: config.security_labels, stg_allergy_intolerances, stg_appointments, stg_conditions,
--   stg_encounters, stg_immunizations, stg_medication_requests, stg_medication_statements,
--   stg_medicines, stg_patients
-- why: What each set of security labels on a health record means for sharing. A label closes unless
--   the agreement calls it harmless: one that the agreement does not know closes too, as does a
--   label without a code.
with sets as (
    select security from stg_patients
    union
    select security from stg_allergy_intolerances
    union
    select security from stg_appointments
    union
    select security from stg_conditions
    union
    select security from stg_encounters
    union
    select security from stg_immunizations
    union
    select security from stg_medication_requests
    union
    select security from stg_medication_statements
    union
    select security from stg_medicines
),

labels as (
    select sets.security, 'confidentiality' as system, trim(codes.label) as label
    from sets
    cross join unnest(split(split_part(sets.security, '|', 1), ',')) as codes (label)
    where sets.security is not null
    union all
    select sets.security, 'other', trim(codes.label)
    from sets
    cross join unnest(split(split_part(sets.security, '|', 2), ',')) as codes (label)
    where sets.security is not null
    union all
    select security, 'other', '?' from sets where split_part(security, '|', 3) = '?'
),

final as (
    select
        labels.security,
        case
            when bool_or(agreed.is_harmless is not null and not agreed.is_harmless)
                then 'security_label'
            when bool_or(agreed.is_harmless is null) then 'security_label_unknown'
        end as restricted_as
    from labels
    left join config.security_labels as agreed
        on agreed.system = labels.system and agreed.label = labels.label
    where labels.label <> ''
    group by labels.security
)

select security, restricted_as from final
