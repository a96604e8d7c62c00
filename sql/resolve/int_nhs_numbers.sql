-- grain: person_id
-- reads: int_candidate_numbers, int_cross_checked_numbers, int_linked_numbers,
--   int_number_conflicts, int_number_reviews, int_patient_numbers, int_people, int_trace_answers
-- why: each person's NHS number and how far it can be trusted: verified (held, and confirmed by a
--   trace), traced (given by a trace), matched (borne out by a sender's patient), held (only
--   written down), none, or in conflict. The number that a reviewer has accepted outranks every
--   method, and stands as high as a trace that gave the same number lets it; a number that
--   reviewers have accepted for two people is in conflict.
with people as (
    select person_id, held_number from int_people
),

candidates as (
    select person_id, nhs_number, status, standing, evidence, replaced_nhs_number, reason
    from int_candidate_numbers
),

accepted as (
    select
        person_id,
        nhs_number,
        count_accepting_people,
        'review ' || cast(position as varchar) as evidence
    from int_number_reviews
    where is_accepted
),

joined as (
    select
        people.person_id,
        people.held_number,
        candidates.nhs_number,
        candidates.status,
        candidates.standing,
        candidates.evidence,
        candidates.replaced_nhs_number,
        candidates.reason,
        checked.evidence as checked_evidence,
        linked.nhs_number as linked_number,
        linked.evidence as linked_evidence,
        case when accepted.person_id is null then conflicts.reason else 'number_of_two_people' end
            as conflict_reason,
        case when accepted.person_id is null then conflicts.evidence else accepted.evidence end
            as conflict_evidence,
        accepted.nhs_number as accepted_number,
        accepted.evidence as accepted_evidence,
        case
            when candidates.standing in ('verified', 'traced')
                and candidates.nhs_number = accepted.nhs_number then candidates.standing
            when answers.matched_number = accepted.nhs_number
                and answers.code in ('00', '90', '91', '92') then 'traced'
            else 'matched'
        end as accepted_standing,
        case
            when accepted.count_accepting_people > 1 then 'conflict'
            when accepted.person_id is not null then 'reviewed'
            when conflicts.person_id is not null then 'conflict'
            when candidates.standing in ('verified', 'traced') then candidates.standing
            when checked.person_id is not null then 'cross_checked'
            when linked.person_id is not null then 'linked'
            else candidates.standing
        end as path
    from people
    inner join candidates on candidates.person_id = people.person_id
    left join int_cross_checked_numbers as checked on checked.person_id = people.person_id
    left join int_linked_numbers as linked on linked.person_id = people.person_id
    left join int_number_conflicts as conflicts on conflicts.person_id = people.person_id
    left join int_trace_answers as answers on answers.person_id = people.person_id
    left join accepted on accepted.person_id = people.person_id
),

resolved as (
    select
        person_id,
        case path
            when 'conflict' then null
            when 'reviewed' then accepted_number
            when 'linked' then linked_number
            else nhs_number
        end as nhs_number,
        case
            when path = 'conflict' then '05'
            when path = 'reviewed' and accepted_standing in ('verified', 'traced') then '01'
            when path in ('reviewed', 'linked') then '02'
            else status
        end as status,
        case
            when path = 'reviewed' then accepted_standing
            when path in ('cross_checked', 'linked') then 'matched'
            else path
        end as standing,
        case path
            when 'verified' then 'held_and_verified'
            when 'conflict' then 'none'
            else path
        end as method,
        case path
            when 'conflict' then conflict_evidence
            when 'reviewed' then accepted_evidence
            when 'cross_checked' then checked_evidence
            when 'linked' then linked_evidence
            else evidence
        end as evidence,
        case path
            when 'conflict' then null
            when 'reviewed' then nullif(held_number, accepted_number)
            when 'linked' then held_number
            else replaced_nhs_number
        end as replaced_nhs_number,
        case path
            when 'conflict' then conflict_reason
            when 'reviewed' then 'accepted_by_reviewer'
            when 'cross_checked' then 'patient_agrees'
            when 'linked' then 'one_patient_agrees'
            else reason
        end as reason
    from joined
),

final as (
    select
        resolved.person_id,
        resolved.nhs_number,
        resolved.status,
        resolved.standing,
        case resolved.standing when 'verified' then 3 when 'traced' then 2
            when 'matched' then 1 else 0 end as standing_rank,
        resolved.method,
        resolved.evidence,
        resolved.replaced_nhs_number,
        resolved.reason,
        coalesce(answers.is_sensitive, false)
            or coalesce(numbers.is_sensitive, false) as is_sensitive
    from resolved
    left join int_trace_answers as answers on answers.person_id = resolved.person_id
    left join int_patient_numbers as numbers on numbers.nhs_number = resolved.nhs_number
)

select
    person_id, nhs_number, status, standing, standing_rank, method, evidence, replaced_nhs_number,
    reason, is_sensitive
from final
