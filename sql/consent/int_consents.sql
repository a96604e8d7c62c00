-- grain: person_id, dataset
-- reads: int_consents_asked, int_objections
-- why: what the consent gate goes by: the outcome for each person and dataset that was asked about. Where nobody asked there
--   is no row: never_asked where it is to be asked each time, not_objected where objection is what counts.
with asked as (
    select person_id, dataset, outcome, consent_request_id, asked_at, opened_at, closes_at from int_consents_asked
),

objections as (
    select person_id, dataset, outcome, consent_request_id, asked_at from int_objections
),

final as (
    select person_id, dataset, 'ask_each_time' as gate, outcome, consent_request_id, asked_at, opened_at, closes_at from asked
    union all
    select person_id, dataset, 'objection', outcome, consent_request_id, asked_at, null, null from objections
)

select person_id, dataset, gate, outcome, consent_request_id, asked_at, opened_at, closes_at from final
