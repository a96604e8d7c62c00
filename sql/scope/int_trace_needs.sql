-- grain: person_id
-- reads: config.settings, config.trace, int_cpis_trace_requests, int_trace_answers,
--   int_trace_cohort, int_trace_details, int_trace_receipts, earlier.trace_requests
-- why: who is to be traced now, and why: never answered, or no trace performed; details changed
--   since the last request; answers that contradict each other; CP-IS says since the answer that
--   the number is superseded or no longer live; an answer older than the set age. While a request
--   waits for its answer nobody is asked about again, until it has waited too long. The reference
--   of a request is <person id>-<day>, so nobody is asked about twice on one day.
with settings as (
    select settings.as_at, settings.as_at_local, terms.is_asking, terms.ask_again_after_days,
        terms.refresh_after_days
    from config.settings as settings
    cross join config.trace as terms
),

standing as (
    select requests.person_id, requests.unique_reference, requests.reason, requests.details_sha256
    from earlier.trace_requests as requests
    inner join settings on settings.as_at = requests.asked_at
),

answered as (
    select distinct unique_reference from int_trace_receipts where refused_as is null
),

requests as (
    select
        requests.person_id,
        requests.asked_at,
        requests.details_sha256,
        answered.unique_reference is not null as is_answered,
        row_number() over (
            partition by requests.person_id
            order by requests.asked_at desc, requests.unique_reference desc
        ) as rank
    from earlier.trace_requests as requests
    left join answered on answered.unique_reference = requests.unique_reference
),

judged as (
    select
        cohort.person_id,
        cast(cohort.person_id as varchar) || '-'
            || day_digits(settings.as_at_local) as unique_reference,
        details.details_sha256,
        case
            when not requests.is_answered
                and requests.asked_at > settings.as_at
                    - settings.ask_again_after_days * interval '1' day then null
            when requests.details_sha256 <> details.details_sha256 then 'details_changed'
            when not requests.is_answered then 'not_answered'
            when answers.person_id is null and requests.person_id is null then 'never_traced'
            when answers.code = '15' or answers.person_id is null then case
                when coalesce(requests.asked_at <= settings.as_at
                    - settings.ask_again_after_days * interval '1' day, true) then 'not_answered'
            end
            when answers.is_contradicted
                and coalesce(requests.asked_at <= settings.as_at
                    - settings.ask_again_after_days * interval '1' day, true)
                    then 'answers_disagree'
            when answers.answered_at < cpis.asked_at at time zone 'Europe/London' then 'cpis_asks'
            when coalesce(answers.answered_at <= settings.as_at_local
                - settings.refresh_after_days * interval '1' day, true)
                then 'older_than_set_age'
        end as reason
    from int_trace_cohort as cohort
    cross join settings
    inner join int_trace_details as details on details.person_id = cohort.person_id
    left join requests on requests.person_id = cohort.person_id and requests.rank = 1
    left join int_trace_answers as answers on answers.person_id = cohort.person_id
    left join int_cpis_trace_requests as cpis on cpis.person_id = cohort.person_id
    where settings.is_asking and details.is_askable
)

select person_id, unique_reference, reason, details_sha256
from judged
where reason is not null
    and not exists (
        select 1 from earlier.trace_requests as asked
        where asked.unique_reference = judged.unique_reference
    )
    and not exists (select 1 from standing)
union all
select person_id, unique_reference, reason, details_sha256
from standing
