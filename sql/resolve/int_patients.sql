-- grain: sender, patient_id
-- reads: int_security_labels, stg_patients
-- why: what identifies each patient of a sender, in the same spelling as people; a number that
--   fails its check digit, or is one of the trace service's two sentinels, is no number. A patient
--   record that its sender no longer uses, or has replaced by another, identifies nobody.
with patients as (
    select
        sender,
        patient_id,
        nhs_number,
        is_in_use,
        family,
        given,
        birth_date,
        postcode,
        security,
        has_unknown_modifier,
        ',' || replace(replace(upper(security), ' ', ''), '|', ',') || ',' as security_codes
    from stg_patients
),

final as (
    select
        patients.sender,
        patients.patient_id,
        case when patients.is_in_use and is_nhs_number(patients.nhs_number)
            then patients.nhs_number end as nhs_number,
        fold_name(patients.family) as family,
        fold_name(patients.given) as given,
        patients.birth_date,
        fold_postcode(patients.postcode) as postcode,
        -- R restricted, V very restricted (HL7 v3 Confidentiality, as the Personal Demographics
        -- Service marks them)
        coalesce(
            patients.security_codes like '%,R,%' or patients.security_codes like '%,V,%'
            or patients.security_codes like '%,REDACTED,%'
            -- a label without a code may be any of them
            or patients.security_codes like '%,?,%', false
        ) as is_sensitive,
        -- any other label that closes, or a part that cannot be interpreted: the patient's health
        -- records are withheld
        coalesce(labels.restricted_as is not null, false)
            or coalesce(patients.has_unknown_modifier, false) as is_withheld
    from patients
    left join int_security_labels as labels on labels.security = patients.security
)

select sender, patient_id, nhs_number, family, given, birth_date, postcode, is_sensitive,
    is_withheld from final
