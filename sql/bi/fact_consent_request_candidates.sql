-- grain: consent_request_id, person_id, dataset
-- reads: int_bi_people, int_bi_terms, int_consent_request_datasets, int_consent_requests
-- why: Every consent request, once for each dataset that it was about, with its answer. Reasons and
--   roles are the writer's own words and stay here; only the known ways of asking are shown.
with requests as (
    select
        datasets.consent_request_id, datasets.person_id, datasets.dataset, datasets.direction,
        terms.dates,
        requests.asked_at,
        requests.decision,
        requests.decided_by,
        lower(requests.way_of_asking) as way_of_asking,
        requests.asked_by_team_id,
        requests.is_dated
            and requests.asked_at >= terms.history_from
            and requests.asked_at < terms.whole_until as is_timely
    from int_consent_request_datasets as datasets
    cross join int_bi_terms as terms
    left join int_consent_requests as requests
        on requests.consent_request_id = datasets.consent_request_id
        and requests.person_id = datasets.person_id
),

final as (
    select
        requests.consent_request_id, requests.person_id,
        people.age_band, people.age_group, people.sex,
        requests.dataset, requests.direction,
        cast(date_trunc(requests.dates, requests.asked_at) as date) as asked_on,
        coalesce(requests.decision, 'no clear answer') as answer,
        coalesce(requests.decided_by, 'not recorded') as decided_by,
        case
            when requests.way_of_asking in ('in person', 'telephone', 'written', 'proxy')
                then requests.way_of_asking
            when requests.way_of_asking is null then 'not recorded'
            else 'other'
        end as way_of_asking,
        requests.asked_by_team_id as team_id,
        case when not coalesce(requests.is_timely, false) then 'outside_period' end as excluded_as
    from requests
    left join int_bi_people as people on people.person_id = requests.person_id
)

select
    consent_request_id, person_id, age_band, age_group, sex, dataset, direction,
    asked_on,
    cast(date_trunc('quarter', asked_on) as date) as asked_quarter_on,
    cast(year(asked_on) as integer) as asked_year,
    answer, decided_by, way_of_asking, team_id, excluded_as
from final
