-- grain: collection_year, person_id, carer_person_id
-- reads: config.return_periods, stg_people, stg_personal_relationships
-- why: Which grown-up is an unpaid carer of which person in a submission's twelve months: a
--   relationship that the case store marks as informal caring. The other person of the relationship
--   is the carer.
select distinct periods.year as collection_year, relationships.person_id,
    relationships.other_person_id as carer_person_id
from stg_personal_relationships as relationships
inner join config.return_periods as periods
    on periods.return_name = 'cld'
    and coalesce(cast(relationships.started_at as date) <= periods.ends_on, true)
    and coalesce(cast(relationships.ended_at as date) >= periods.starts_on, true)
inner join stg_people as carers on carers.person_id = relationships.other_person_id
where relationships.is_informal_carer
    and relationships.person_id <> relationships.other_person_id
    and age_in_years(cast(carers.birth_at as date), periods.ends_on) >= 18
    and coalesce(cast(carers.died_at as date) >= periods.starts_on, true)
