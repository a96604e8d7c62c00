-- grain: consent_request_id, person_id
-- reads: config.settings, int_consent_requests, int_episodes
-- why: consent lasts no longer than the care it was asked for. These requests were given, are
--   within their window, and since then an episode of care ended at a moment that no other episode
--   covers; a later episode does not revive them. An episode that ended on no known date may have
--   ended at the first moment after the asking.
with settings as (
    select as_at_local, consent_window_days from config.settings
),

requests as (
    select requests.consent_request_id, requests.person_id, requests.asked_at, settings.as_at_local
    from int_consent_requests as requests
    cross join settings
    where requests.decision = 'given'
        and requests.asked_at
            + settings.consent_window_days * interval '1' day > settings.as_at_local
),

episodes as (
    select person_id, source, source_id, opened_at, closed_at, is_open
    from int_episodes
    where person_id in (select person_id from requests)
),

endings as (
    select
        requests.consent_request_id,
        requests.person_id,
        requests.as_at_local,
        requests.asked_at,
        episodes.source,
        episodes.source_id,
        coalesce(
            episodes.closed_at,
            case
                when episodes.opened_at > requests.asked_at then episodes.opened_at
                else requests.asked_at + interval '0.000001' second
            end
        ) as ended_at
    from requests
    inner join episodes on episodes.person_id = requests.person_id
    where not episodes.is_open
),

final as (
    select distinct endings.consent_request_id, endings.person_id
    from endings
    where endings.ended_at > endings.asked_at
        and endings.ended_at <= endings.as_at_local
        and not exists (
            select 1
            from episodes as others
            where others.person_id = endings.person_id
                and others.opened_at <= endings.ended_at
                and (others.is_open or others.closed_at > endings.ended_at)
        )
)

select consent_request_id, person_id from final
