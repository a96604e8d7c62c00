-- The decisions as they were, but each one about this person that came as far as the gate not_restricted, or past it,
-- now ends there. A person who has no open episode or no NHS number was stopped before.
select was.* replace (
    case when hit.dataset is null then was.decision else 'withheld' end as decision,
    case when hit.dataset is null then was.gate else 'not_restricted' end as gate,
    case when hit.dataset is null then was.reason else 'withheld_by_council' end as reason,
    case when hit.dataset is null then was.evidence else hit.evidence end as evidence)
from was_decisions as was
left join stopped as hit on hit.person_id = was.person_id and hit.dataset = was.dataset
order by was.person_id, was.dataset
