-- grain: collection_year, person_id, position
-- reads: cin_children, stg_disabilities
-- publishes to: returns/cin_disabilities
-- why: the disabilities of a census's children; of a child who has none recorded, NONE. Of an
--   unborn child nothing is said.
select
    children.collection_year,
    children.person_id,
    row_number() over (partition by children.collection_year, children.person_id
        order by disabilities.disability, disabilities.disability_id) as position,
    coalesce(disabilities.disability, 'NONE') as disability
from cin_children as children
left join stg_disabilities as disabilities on disabilities.person_id = children.person_id
where children.birth_date is not null
