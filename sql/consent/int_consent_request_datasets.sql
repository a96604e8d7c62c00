-- grain: consent_request_id, person_id, dataset
-- reads: config.agreement_datasets, int_consent_answers, int_consent_requests
-- why: which datasets each request was about. A request for all is about each dataset of its direction. One that names no
--   dataset, or none that is known, or no direction, is about all that it may have meant: so that no refusal is lost;
--   but it is not clear, and cannot open any.
with datasets as (
    select dataset, direction, gate from config.agreement_datasets where gate in ('ask_each_time', 'objection')
),

known as (
    select distinct dataset from config.agreement_datasets
),

requests as (
    select consent_request_id, person_id, direction from int_consent_requests
),

named as (
    select
        requests.consent_request_id,
        requests.person_id,
        known.dataset,
        answers.word = 'all' as is_all
    from requests
    inner join int_consent_answers as answers on answers.consent_request_id = requests.consent_request_id
    left join known on known.dataset = replace(answers.word, ' ', '_')
    where answers.field = 'consent_datasets'
        and answers.word is not null
        and (answers.subject_person_id is null or answers.subject_person_id = requests.person_id)
),

words as (
    select distinct
        requests.consent_request_id,
        requests.person_id,
        requests.direction,
        named.dataset,
        coalesce(named.is_all, false) as is_all
    from requests
    left join named
        on named.consent_request_id = requests.consent_request_id and named.person_id = requests.person_id
),

touched as (
    select
        words.consent_request_id,
        words.person_id,
        datasets.dataset,
        datasets.direction,
        datasets.gate,
        coalesce(words.direction = datasets.direction and (words.is_all or words.dataset = datasets.dataset), false) as is_clear
    from words
    inner join datasets
        on words.dataset = datasets.dataset
        or (words.dataset is null and coalesce(words.direction, datasets.direction) = datasets.direction)
),

final as (
    select consent_request_id, person_id, dataset, direction, gate, bool_or(is_clear) as is_clear
    from touched
    group by consent_request_id, person_id, dataset, direction, gate
)

select consent_request_id, person_id, dataset, direction, gate, is_clear from final
