-- grain: person_id
-- reads: int_number_reviews, int_people, int_trace_answers
-- why: what the held number and the trace's answer say together about each person, before other
--   people and the senders' patients are asked. Status codes are the NHS Data Dictionary's NHS
--   NUMBER STATUS INDICATOR CODE, answer codes those of PDS MESH. A number that a reviewer has
--   rejected for the person is no longer considered.
with rejected as (
    select person_id, nhs_number from int_number_reviews where decision = 'reject'
),

people as (
    select
        people.person_id,
        people.held_number,
        people.is_held_number_valid and rejected.person_id is null as is_held_number_valid,
        rejected.person_id is not null as is_rejected
    from int_people as people
    left join rejected on rejected.person_id = people.person_id
        and rejected.nhs_number = people.held_number
),

answers as (
    select
        answers.person_id,
        answers.code,
        case when rejected.person_id is null then answers.matched_number end as matched_number,
        answers.is_contradicted,
        answers.file || ' ' || answers.unique_reference as evidence,
        rejected.person_id is not null as is_rejected
    from int_trace_answers as answers
    left join rejected on rejected.person_id = answers.person_id
        and rejected.nhs_number = answers.matched_number
),

-- 00 success, 92 sensitive, 90 superseded, 91 invalid, 96 not enough data, 97 several close, 98 not
-- found; every other code, 15 among them, answers nothing
heard as (
    select
        people.person_id,
        people.held_number,
        people.is_held_number_valid,
        answers.code,
        answers.matched_number,
        answers.evidence,
        people.is_rejected or coalesce(answers.is_rejected, false) as is_rejected,
        case
            when answers.is_contradicted then 'contradicted'
            when answers.code in ('00', '92') and answers.matched_number is not null then 'found'
            when answers.code = '90' and answers.matched_number is not null then 'replaced'
            when answers.code = '90' then 'superseded'
            when answers.code = '91' and answers.matched_number is not null then 'corrected'
            when answers.code = '91' then 'invalid'
            when answers.code in ('96', '97', '98') then 'not_found'
            else 'unanswered'
        end as answer
    from people
    left join answers on answers.person_id = people.person_id
),

judged as (
    select
        person_id,
        held_number,
        is_held_number_valid,
        code,
        matched_number,
        evidence,
        answer,
        is_rejected,
        case
            when answer = 'contradicted' then 'trace_answers_disagree'
            when answer = 'found' and is_held_number_valid and held_number = matched_number
                then 'trace_confirmed'
            when answer = 'found' and is_held_number_valid then 'trace_gave_another_number'
            when answer = 'found' then 'trace_found'
            when answer = 'replaced' then 'trace_replaced'
            when answer = 'corrected' then 'trace_corrected'
            when answer = 'superseded' then 'superseded_without_replacement'
            when answer = 'invalid' then 'number_invalid'
            when code = '96' then 'not_enough_data'
            when code = '97' then 'multiple_matches'
            when code = '98' then 'not_found'
            when is_rejected and not is_held_number_valid then 'rejected_by_reviewer'
            else 'not_traced'
        end as reason
    from heard
),

stood as (
    select
        person_id,
        held_number,
        is_held_number_valid,
        matched_number,
        code,
        evidence,
        answer,
        reason,
        case
            when reason in ('trace_answers_disagree', 'trace_gave_another_number') then 'conflict'
            when reason = 'trace_confirmed' then 'verified'
            when answer in ('found', 'replaced', 'corrected') then 'traced'
            when answer in ('not_found', 'unanswered') and is_held_number_valid then 'held'
            else 'none'
        end as standing
    from judged
),

final as (
    select
        person_id,
        case
            when standing in ('verified', 'traced') then matched_number
            when standing = 'held' then held_number
        end as nhs_number,
        case
            when standing = 'conflict' then '05'
            when standing in ('verified', 'traced') then '01'
            when answer = 'not_found' then '04'
            when standing = 'held' then '02'
            else '03'
        end as status,
        standing,
        case
            when answer <> 'unanswered' then evidence
        end as evidence,
        case
            when standing = 'traced' and held_number <> matched_number then held_number
        end as replaced_nhs_number,
        reason,
        -- who has no number may still be linked to a patient, unless the trace service said who
        -- they are
        standing = 'none' and coalesce(code not in ('00', '90', '92'), true) as may_be_linked
    from stood
)

select person_id, nhs_number, status, standing, evidence, replaced_nhs_number, reason, may_be_linked
from final
