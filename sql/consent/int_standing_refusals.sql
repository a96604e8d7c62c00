-- grain: person_id, dataset
-- reads: config.agreement_datasets, int_refusals, int_same_people, int_unread_consents
-- why: what closes a dataset for a person: the refusal that stands on any record of theirs, or a
--   record that cannot be read and may hold one. Of several the person's own record comes first,
--   then a clear refusal, then the latest.
with records as (
    select person_id, other_person_id, how from int_same_people
),

standing as (
    select
        person_id, dataset, outcome, has_refusal, consent_request_id, asked_at,
        outcome = 'conflict' as is_conflict
    from int_refusals
    where is_standing and dataset is not null
),

datasets as (
    select dataset from config.agreement_datasets where gate in ('ask_each_time', 'objection')
),

unread as (
    select distinct unread.person_id, datasets.dataset
    from int_unread_consents as unread
    cross join datasets
    where unread.person_id is not null
),

closing as (
    select
        person_id, dataset, outcome, consent_request_id, asked_at, person_id as recorded_person_id,
        cast(null as varchar) as how, 1 as rank, is_conflict, has_refusal
    from standing
    union all
    select
        records.person_id, standing.dataset, standing.outcome, standing.consent_request_id,
        standing.asked_at,
        standing.person_id, records.how, 3, standing.is_conflict, standing.has_refusal
    from standing
    inner join records on records.other_person_id = standing.person_id
    union all
    select
        person_id, dataset, 'unreadable_consent', null, null, person_id, null, 2, false, false
    from unread
    union all
    select
        records.person_id, unread.dataset, 'unreadable_consent', null, null, unread.person_id,
        records.how, 4, false, false
    from unread
    inner join records on records.other_person_id = unread.person_id
),

final as (
    select
        person_id, dataset, outcome, consent_request_id, asked_at, recorded_person_id, how,
        row_number() over (
            partition by person_id, dataset
            order by
                rank, is_conflict desc, has_refusal desc, asked_at desc, outcome,
                consent_request_id, recorded_person_id
        ) as rank
    from closing
)

select person_id, dataset, outcome, consent_request_id, asked_at, recorded_person_id, how
from final
where rank = 1
