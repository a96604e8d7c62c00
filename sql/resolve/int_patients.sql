-- grain: sender, patient_id
-- reads: stg_patients
-- why: what identifies each patient of a sender, in the same spelling as people; a number that fails its check digit,
--   or is one of the trace service's two sentinels, is no number
with patients as (
    select
        sender,
        patient_id,
        nhs_number,
        family,
        given,
        birth_date,
        postcode,
        ',' || replace(upper(security), ' ', '') || ',' as security_codes
    from stg_patients
),

final as (
    select
        sender,
        patient_id,
        case when is_nhs_number(nhs_number) then nhs_number end as nhs_number,
        fold_name(family) as family,
        fold_name(given) as given,
        birth_date,
        fold_postcode(postcode) as postcode,
        -- R restricted, V very restricted (HL7 v3 Confidentiality, as the Personal Demographics Service marks them)
        coalesce(
            security_codes like '%,R,%' or security_codes like '%,V,%' or security_codes like '%,REDACTED,%', false
        ) as is_sensitive
    from patients
)

select sender, patient_id, nhs_number, family, given, birth_date, postcode, is_sensitive from final
