-- severity: block
-- grain: dataset, person_id
-- reads: decisions, int_published
-- why: nobody has a row in a dataset unless the published decisions say that it is shared
select dataset, person_id
from int_published
where not exists (
    select 1
    from decisions
    where decisions.person_id = int_published.person_id
        and decisions.dataset = int_published.dataset
        and decisions.decision = 'shared'
        and decisions.gate = ''
)
