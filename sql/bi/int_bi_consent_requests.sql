-- grain: consent_request_key
-- reads: config.pseudonyms, int_bi_members, int_bi_terms, int_consent_request_datasets, int_consent_requests
-- why: Askings for consent of those whom BI is told of, in periods that are over. Reasons and roles are the writer's own words
--   and stay here; a way of asking is told only where it is one of those that are known.
select
    pseudonym(keys.inner_pad, keys.outer_pad, keys.audience, 'consent_request',
        cast(requests.consent_request_id as varchar) || ':' || cast(requests.person_id as varchar) || ':' || datasets.dataset) as consent_request_key,
    members.person_id,
    members.person_key,
    members.shown_as,
    datasets.dataset,
    datasets.direction,
    cast(date_trunc(terms.dates, requests.asked_at) as date) as asked_on,
    coalesce(requests.decision, 'no clear answer') as answer,
    coalesce(requests.decided_by, 'not recorded') as decided_by,
    case
        when lower(requests.way_of_asking) in ('in person', 'telephone', 'written', 'proxy') then lower(requests.way_of_asking)
        when requests.way_of_asking is null then 'not recorded'
        else 'other'
    end as way_of_asking,
    requests.asked_by_team_id as team_id
from int_consent_requests as requests
cross join int_bi_terms as terms
inner join config.pseudonyms as keys on keys.audience = terms.audience
inner join int_bi_members as members on members.person_id = requests.person_id
inner join int_consent_request_datasets as datasets
    on datasets.consent_request_id = requests.consent_request_id and datasets.person_id = requests.person_id
where requests.is_dated and requests.asked_at >= terms.history_from and requests.asked_at < terms.whole_until
