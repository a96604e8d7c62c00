-- severity: block
-- grain: sender, resource_type
-- reads: allergies, diagnoses, immunisations, medications, visits
-- why: a health record is about one person, and stands in one dataset once
with published as (
    select sender, resource_type, resource_id from medications
    union all
    select sender, resource_type, resource_id from diagnoses
    union all
    select sender, resource_type, resource_id from allergies
    union all
    select sender, resource_type, resource_id from immunisations
    union all
    select sender, resource_type, resource_id from visits
)

select sender, resource_type, resource_id
from published
group by sender, resource_type, resource_id
having count(*) > 1
