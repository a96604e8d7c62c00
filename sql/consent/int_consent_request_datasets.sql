-- grain: consent_request_id, person_id, dataset
-- reads: config.agreement_datasets, int_consent_answers, int_consent_requests
-- why: the datasets that each request is about. A request for all is about each dataset of its
--   direction. One that names no dataset, or no known direction, is about all that it may mean, and
--   an unknown or blank dataset may be any, so that no refusal is lost; but it is not clear, and
--   cannot open any. This model says what opens, and what lifts a refusal: a clear and whole answer
--   `given`, by somebody able to decide, whose communication needs were met.
with datasets as (
    select dataset, direction, gate from config.agreement_datasets
    where gate in ('ask_each_time', 'objection')
),

known as (
    select distinct dataset from config.agreement_datasets
),

requests as (
    select
        consent_request_id,
        person_id,
        direction,
        is_by_another,
        coalesce(
            decision = 'given' and is_complete and is_able_to_decide and is_subject_clear
                and is_needs_met, false
        ) as is_given
    from int_consent_requests
),

named as (
    select
        requests.consent_request_id,
        requests.person_id,
        known.dataset,
        coalesce(answers.meaning = 'all', false) as is_all
    from requests
    inner join int_consent_answers as answers
        on answers.consent_request_id = requests.consent_request_id
    left join known on known.dataset = answers.meaning
    where answers.field = 'consent_datasets'
        and (
            requests.is_by_another
            or answers.subject_person_id is null
            or answers.subject_person_id = requests.person_id
        )
),

words as (
    select distinct
        requests.consent_request_id,
        requests.person_id,
        requests.direction,
        requests.is_given,
        named.dataset,
        coalesce(named.is_all, false) as is_all,
        named.consent_request_id is not null and named.dataset is null
            and not named.is_all as is_unknown
    from requests
    left join named
        on named.consent_request_id = requests.consent_request_id
            and named.person_id = requests.person_id
),

touched as (
    select
        words.consent_request_id,
        words.person_id,
        words.is_given,
        datasets.dataset,
        datasets.direction,
        datasets.gate,
        coalesce(
            words.direction = datasets.direction
                and (words.is_all or words.dataset = datasets.dataset), false
        ) as is_clear
    from words
    inner join datasets
        on words.dataset = datasets.dataset
        or words.is_unknown
        or (words.dataset is null
            and coalesce(words.direction, datasets.direction) = datasets.direction)
),

final as (
    select
        consent_request_id,
        person_id,
        dataset,
        direction,
        gate,
        bool_or(is_clear) as is_clear,
        bool_or(is_clear and is_given) as is_opening
    from touched
    group by consent_request_id, person_id, dataset, direction, gate
)

select consent_request_id, person_id, dataset, direction, gate, is_clear, is_opening from final
