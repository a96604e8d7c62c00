-- grain: person_id, dataset
-- reads: config.agreement_datasets, int_consent_request_datasets, int_consents_asked,
--   int_standing_refusals
-- why: what the consent gate goes by: the outcome for each person and dataset. Where objection is
--   what counts, a refusal that stands closes. Where it is asked each time, the person's own record
--   decides, and a refusal on another record of theirs, or an unreadable one, closes what it would
--   open. Without a row nobody asked: never_asked where it is to be asked each time, not_objected
--   where objection is what counts.
with datasets as (
    select dataset, gate from config.agreement_datasets where gate in ('ask_each_time', 'objection')
),

standing as (
    select
        refusals.person_id, refusals.dataset, datasets.gate, refusals.outcome,
        refusals.consent_request_id, refusals.asked_at, refusals.recorded_person_id, refusals.how
    from int_standing_refusals as refusals
    inner join datasets on datasets.dataset = refusals.dataset
),

asked as (
    select person_id, dataset, outcome, consent_request_id, asked_at, opened_at, closes_at
    from int_consents_asked
),

-- who was asked, and refuses nothing
not_objecting as (
    select distinct asked_about.person_id, asked_about.dataset
    from int_consent_request_datasets as asked_about
    left join standing on standing.person_id = asked_about.person_id
        and standing.dataset = asked_about.dataset
    where asked_about.gate = 'objection' and standing.person_id is null
),

final as (
    select
        asked.person_id, asked.dataset, 'ask_each_time' as gate, asked.outcome,
        asked.consent_request_id, asked.asked_at,
        asked.opened_at, asked.closes_at, asked.person_id as recorded_person_id,
        cast(null as varchar) as how
    from asked
    left join standing on standing.person_id = asked.person_id and standing.dataset = asked.dataset
    where asked.outcome <> 'granted' or standing.person_id is null
    union all
    select
        standing.person_id, standing.dataset, standing.gate, standing.outcome,
        standing.consent_request_id,
        standing.asked_at, null, null, standing.recorded_person_id, standing.how
    from standing
    left join asked on asked.person_id = standing.person_id and asked.dataset = standing.dataset
    where standing.gate = 'objection' or coalesce(asked.outcome = 'granted', true)
    union all
    select person_id, dataset, 'objection', 'not_objected', null, null, null, null, person_id, null
    from not_objecting
)

select
    person_id, dataset, gate, outcome, consent_request_id, asked_at, opened_at, closes_at,
    recorded_person_id, how
from final
