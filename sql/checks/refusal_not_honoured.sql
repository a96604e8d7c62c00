-- severity: block
-- grain: dataset, person_id
-- reads: config.agreement_datasets, int_published, int_refusals, int_same_people
-- why: nobody is published in a dataset while a refusal of it stands on any record of theirs; asked
--   without the gate
with records as (
    select person_id, person_id as other_person_id from int_published
    union
    select person_id, other_person_id from int_same_people
),

refused as (
    select distinct records.person_id, refusals.dataset
    from int_refusals as refusals
    inner join records on records.other_person_id = refusals.person_id
    where refusals.is_standing
)

select published.dataset, published.person_id
from int_published as published
inner join refused on refused.person_id = published.person_id
    and refused.dataset = published.dataset
inner join config.agreement_datasets as agreed on agreed.dataset = published.dataset
where agreed.gate in ('ask_each_time', 'objection')
