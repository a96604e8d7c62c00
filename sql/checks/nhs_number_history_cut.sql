-- severity: block
-- grain: person_id
-- reads: nhs_number_decisions, earlier.nhs_number_decisions
-- why: history is only ever added to: every decision that the last snapshot knew is still there, as
--   it was
select person_id
from (
    select person_id, position, decided_at, nhs_number, status, standing, method, reason, evidence,
        decided_by
    from earlier.nhs_number_decisions
    except
    select person_id, position, decided_at, nhs_number, status, standing, method, reason, evidence,
        decided_by
    from nhs_number_decisions
) as lost
