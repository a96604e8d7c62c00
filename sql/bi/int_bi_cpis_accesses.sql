-- grain: message_id, access_position, edition
-- reads: cpis_notifications, int_bi_members, int_bi_terms
-- why: Accesses to unscheduled care of children whom BI is told of, in periods that are over. The place is its code alone: a name
--   may tell where the child was.
select
    told.message_id, told.access_position, told.edition,
    members.person_id,
    coalesce(told.organisation_code, 'not recorded') as organisation_code,
    cast(date_trunc(terms.dates, told.accessed_at at time zone 'Europe/London') as date) as accessed_on
from cpis_notifications as told
cross join int_bi_terms as terms
inner join int_bi_members as members on members.person_id = told.person_id
where told.standing = 'known_child'
    and told.accessed_at at time zone 'Europe/London' >= terms.history_from
    and told.accessed_at at time zone 'Europe/London' < terms.whole_until
