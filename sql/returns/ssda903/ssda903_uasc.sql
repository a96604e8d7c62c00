-- grain: collection_year, person_id
-- reads: config.return_periods, int_ssda903_children, int_ssda903_unaccompanied, ssda903_header
-- publishes to: returns/ssda903_uasc
-- why: The children of the collection year who were unaccompanied and seeking asylum in it, and
--   when that status ceased: the 18th birthday where it has not ended before.
select
    children.collection_year, children.person_id, children.child, header.sex, header.dob,
    case when unaccompanied.ended_on <= periods.as_at
        then unaccompanied.until_on else unaccompanied.of_age_on end as duc,
    row_number() over (partition by children.collection_year order by children.person_id)
        as row_position
from int_ssda903_children as children
inner join config.return_periods as periods
    on periods.return_name = '903' and periods.year = children.collection_year
inner join int_ssda903_unaccompanied as unaccompanied
    on unaccompanied.person_id = children.person_id and unaccompanied.started_on <= periods.as_at
    and coalesce(unaccompanied.until_on, periods.starts_on) >= periods.starts_on
inner join ssda903_header as header
    on header.collection_year = children.collection_year and header.person_id = children.person_id
