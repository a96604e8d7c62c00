-- grain: person_id, dataset
-- reads: int_consent_request_datasets, int_consent_requests
-- why: a young person's own refusal or withdrawal that still stands: a parent's later answer does not lift it, only
--   their own later answer does, given when able to
with answers as (
    select
        requests.person_id,
        datasets.dataset,
        requests.consent_request_id,
        requests.asked_at,
        requests.has_refusal,
        requests.decision = 'given' and requests.is_able_to_decide and requests.is_subject_clear and requests.is_complete
            and datasets.is_clear as is_given
    from int_consent_requests as requests
    inner join int_consent_request_datasets as datasets
        on datasets.consent_request_id = requests.consent_request_id and datasets.person_id = requests.person_id
    where requests.decided_by in ('self', 'gillick_competent_child')
),

refusals as (
    select
        person_id,
        dataset,
        consent_request_id,
        asked_at as refused_at,
        row_number() over (partition by person_id, dataset order by asked_at desc, consent_request_id) as place
    from answers
    where has_refusal
),

given as (
    select person_id, dataset, max(asked_at) as given_at
    from answers
    where is_given
    group by person_id, dataset
),

final as (
    select refusals.person_id, refusals.dataset, refusals.consent_request_id, refusals.refused_at
    from refusals
    left join given on given.person_id = refusals.person_id and given.dataset = refusals.dataset
    where refusals.place = 1 and (given.given_at is null or given.given_at <= refusals.refused_at)
)

select person_id, dataset, consent_request_id, refused_at from final
