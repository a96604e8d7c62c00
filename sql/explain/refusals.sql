-- Which refusals stand about one person, on which record, and which records close sharing because
-- they cannot be read. `careshare explain` runs it over a published snapshot, $person bound.
-- grain: happened_at, subject, words
-- why: the person is told what stands, and the council which record to fix
with person as (select cast($person as bigint) as person_id),

records as (
    select person_id as record_id, cast(null as varchar) as how from person
    union all
    select same.other_person_id, same.how
    from int_same_people as same
    inner join person on person.person_id = same.person_id
),

refusals as (
    select
        refusals.asked_at as happened_at,
        'refusal' as subject,
        replace(refusals.outcome, '_', ' ') || ' ('
            || coalesce(replace(refusals.dataset, '_', ' '), 'no dataset') || '), request '
        || refusals.consent_request_id
            || coalesce(' on record ' || records.record_id || ' (' || records.how || ')', '')
        || case
            when refusals.is_standing then ': stands'
            else ': lifted by a later consent'
        end as words
    from int_refusals as refusals
    inner join records on records.record_id = refusals.person_id
),

unread as (
    select settings.as_at_local as happened_at, 'record not read' as subject, rows_unread.record,
        records.record_id, records.how, 'a refusal' as may_hold
    from int_unread_consents as rows_unread
    inner join records on records.record_id = rows_unread.person_id
    cross join config.settings as settings
    union all
    select settings.as_at_local, 'record not read', rows_unread.record, records.record_id,
        records.how, 'a restriction'
    from int_unread_restrictions as rows_unread
    inner join records on records.record_id = rows_unread.person_id
    cross join config.settings as settings
),

restrictions as (
    select
        settings.as_at_local as happened_at,
        'restriction' as subject,
        coalesce(reasons.words, restrictions.reason)
        || coalesce(' on record ' || restrictions.recorded_person_id || ' (' || restrictions.how
            || ')', '') as words
    from int_restrictions as restrictions
    inner join person on person.person_id = restrictions.person_id
    left join config.reasons as reasons on reasons.reason = restrictions.reason
    cross join config.settings as settings
),

final as (
    select happened_at, subject, words from refusals
    union all
    select
        happened_at, subject,
        record || coalesce(' (record ' || record_id || ', ' || how || ')', '') || '; it may hold '
            || may_hold
        || ', so nothing is shared until it is fixed at its source' as words
    from unread
    union all
    select happened_at, subject, words from restrictions
)

select happened_at, subject, words
from final
order by happened_at, subject, words
