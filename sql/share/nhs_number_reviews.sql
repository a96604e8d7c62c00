-- grain: person_id, nhs_number
-- reads: int_link_rules, int_nhs_numbers, int_number_claims, int_number_reviews, int_patients,
--   int_people, int_trace_answers, int_trace_cohort, stg_people
-- publishes to: audit/nhs_number_reviews
-- why: What only a person can decide, of those in an episode of care or known to CP-IS: each number
--   of a conflict, each link that the linkage would not make by itself, or that another person's
--   claim to the number forbids, and a number that a trace has given since a reviewer accepted
--   another. Of the senders' patients it says only whether they agree: their details stay where
--   they were.
with people as (
    select people.person_id, people.held_number, people.family, people.given, people.birth_date,
        people.postcode, cohort.in_scope
    from int_people as people
    inner join int_trace_cohort as cohort on cohort.person_id = people.person_id
),

numbers as (
    select person_id, nhs_number, standing, method, reason, evidence from int_nhs_numbers
),

reviewed as (
    select person_id, nhs_number from int_number_reviews
),

conflicts as (
    select numbers.person_id, claims.nhs_number, numbers.reason, numbers.evidence
    from numbers
    left join int_number_claims as claims on claims.person_id = numbers.person_id
    where numbers.standing = 'conflict'
),

links as (
    select
        links.person_id,
        links.nhs_number,
        'link_to_review' as reason,
        links.sender as evidence,
        links.weight,
        links.margin,
        links.held_back_by
    from int_link_rules as links
    inner join numbers on numbers.person_id = links.person_id
    where links.outcome in ('review', 'accepted') and numbers.standing in ('held', 'none')
        and not exists (
            select 1 from reviewed where reviewed.person_id = links.person_id
                and reviewed.nhs_number = links.nhs_number
        )
),

traced_since as (
    select
        numbers.person_id,
        answers.matched_number as nhs_number,
        'trace_after_review' as reason,
        answers.file || ' ' || answers.unique_reference as evidence
    from numbers
    inner join int_trace_answers as answers on answers.person_id = numbers.person_id
    where numbers.method = 'reviewed' and answers.matched_number <> numbers.nhs_number
        and not exists (
            select 1 from reviewed
            where reviewed.person_id = numbers.person_id
                and reviewed.nhs_number = answers.matched_number
        )
),

queued as (
    select
        person_id, nhs_number, reason, evidence, cast(null as double) as weight,
        cast(null as double) as margin, cast(null as varchar) as held_back_by
    from conflicts
    union all
    select person_id, nhs_number, reason, evidence, weight, margin, held_back_by from links
    union all
    select person_id, nhs_number, reason, evidence, null, null, null from traced_since
),

-- how the patients under the number compare with the person: the best of them speaks
compared as (
    select
        queued.person_id,
        queued.nhs_number,
        count(*) as count_patients,
        bool_or(patients.family = people.family) as is_family_same,
        bool_or(patients.given = people.given) as is_given_same,
        bool_or(patients.birth_date = people.birth_date) as is_birth_same,
        bool_or(is_swapped(patients.birth_date, people.birth_date)) as is_birth_swapped,
        bool_or(patients.postcode = people.postcode) as is_postcode_same
    from queued
    inner join people on people.person_id = queued.person_id
    inner join int_patients as patients on patients.nhs_number = queued.nhs_number
    group by queued.person_id, queued.nhs_number
),

others as (
    select queued.person_id, queued.nhs_number, min(claims.person_id) as other_person_id
    from queued
    inner join int_number_claims as claims
        on claims.nhs_number = queued.nhs_number and claims.person_id <> queued.person_id
    group by queued.person_id, queued.nhs_number
),

final as (
    select
        queued.person_id,
        queued.nhs_number,
        queued.reason,
        queued.evidence,
        people.in_scope,
        names.last_name as family_name,
        names.first_name as given_name,
        people.birth_date,
        coalesce(queued.nhs_number = people.held_number, false) as is_held,
        coalesce(queued.nhs_number = answers.matched_number, false) as is_given_by_trace,
        answers.code as trace_code,
        others.other_person_id,
        coalesce(compared.count_patients, 0) as count_patients,
        case when compared.is_family_same then 'same'
            when not compared.is_family_same then 'different' else 'unknown' end as family_agrees,
        case when compared.is_given_same then 'same'
            when not compared.is_given_same then 'different' else 'unknown' end as given_agrees,
        case
            when compared.is_birth_same then 'same'
            when compared.is_birth_swapped then 'day and month swapped'
            when not compared.is_birth_same then 'different'
            else 'unknown'
        end as birth_date_agrees,
        case when compared.is_postcode_same then 'same'
            when not compared.is_postcode_same then 'different' else 'unknown' end
            as postcode_agrees,
        queued.weight,
        queued.margin,
        queued.held_back_by
    from queued
    inner join people on people.person_id = queued.person_id
    inner join stg_people as names on names.person_id = queued.person_id
    left join int_trace_answers as answers on answers.person_id = queued.person_id
    left join compared on compared.person_id = queued.person_id
        and compared.nhs_number = queued.nhs_number
    left join others on others.person_id = queued.person_id
        and others.nhs_number = queued.nhs_number
)

select
    person_id, nhs_number, reason, evidence, in_scope, family_name, given_name, birth_date, is_held,
    is_given_by_trace,
    trace_code, other_person_id, count_patients, family_agrees, given_agrees, birth_date_agrees,
    postcode_agrees, weight, margin, held_back_by
from final
