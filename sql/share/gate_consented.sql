-- grain: person_id, dataset
-- reads: gate_in_agreement, gate_in_episode, int_consents
-- materialized: view
-- why: Gate 6. Where the agreement asks each time, only a request granted and still within its
--   window opens it, and no refusal that stands may be there; where it lets people object, only a
--   refusal that stands, or a record that may hold one and cannot be read, closes it; a statutory
--   dataset asks nobody.
with people as (select person_id from gate_in_episode where is_open),

datasets as (select dataset, consent_gate from gate_in_agreement where is_open),
final as (
    select
        people.person_id,
        datasets.dataset,
        case
            when datasets.consent_gate = 'statutory' then 'statutory'
            when consents.outcome is not null then consents.outcome
            when datasets.consent_gate = 'objection' then 'not_objected'
            else 'never_asked'
        end as reason,
        consents.consent_request_id,
        case
            when consents.recorded_person_id <> people.person_id
            then ' on record ' || cast(consents.recorded_person_id as varchar) || ' ('
                || consents.how || ')'
        end as elsewhere
    from people
    cross join datasets
    left join int_consents as consents
        on consents.person_id = people.person_id
        and consents.dataset = datasets.dataset
        and consents.gate = datasets.consent_gate
)

select
    person_id,
    dataset,
    reason in ('granted', 'not_objected', 'statutory') as is_open,
    reason,
    coalesce('consent request ' || cast(consent_request_id as varchar),
        case when elsewhere is not null then 'record not read' end)
        || coalesce(elsewhere, '') as evidence
from final
