-- grain: person_id
-- reads: int_scope
-- why: Gate 2. A person's information may be shared only while an episode of care is open; the dead
--   and those with no open episode are out of scope, not withheld.
select person_id, in_scope as is_open, reason
from int_scope
