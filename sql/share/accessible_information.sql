-- grain: person_id, need_type, code
-- reads: int_accessible_information_rows, int_shared
-- publishes to: direct-care/accessible_information
-- why: How health staff can reach the person and be understood: needs recorded once are met everywhere.
select
    shared.person_id, shared.nhs_number, needs.need_type, needs.code, needs.display, needs.recorded_on,
    needs.workflow_step_id as recorded_in_step
from int_accessible_information_rows as needs
inner join int_shared as shared on shared.person_id = needs.person_id and shared.dataset = 'accessible_information'
where needs.excluded_as is null
