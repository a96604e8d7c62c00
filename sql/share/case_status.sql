-- grain: person_id, kind
-- reads: int_case_status_rows, int_shared
-- publishes to: direct-care/case_status
-- why: What the person has or had with the council, so that health staff know whom they may need to tell.
select shared.person_id, shared.nhs_number, episodes.kind, episodes.status, episodes.opened_on, episodes.closed_on
from int_case_status_rows as episodes
inner join int_shared as shared on shared.person_id = episodes.person_id and shared.dataset = 'case_status'
where episodes.excluded_as is null
