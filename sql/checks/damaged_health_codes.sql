-- severity: warn
-- grain: sender, resource_type, resource_id
-- reads: allergies, diagnoses, immunisations, medications
-- why: a SNOMED CT or dm+d code whose check digit fails was damaged at its sender, as spreadsheets
--   damage long numbers: its display may still be right, but nobody should look the code up; the
--   sender should be told
with published as (
    select sender, resource_type, resource_id, code, system from medications
    union all
    select sender, resource_type, resource_id, code, system from diagnoses
    union all
    select sender, resource_type, resource_id, code, system from allergies
    union all
    select sender, resource_type, resource_id, code, system from immunisations
)

select sender, resource_type, resource_id
from published
where system in ('http://snomed.info/sct', 'https://dmd.nhs.uk')
    and not is_snomed_code(code)
