-- grain: person_id
-- reads: int_candidate_numbers, int_link_rules, int_number_claims, int_number_reviews,
--   int_patient_numbers, int_patients, int_people
-- why: people without a number whose family name, given name, birth date and postcode are all those
--   of patients of exactly one valid NHS number, which no other person holds or was given; and no
--   other person has the same four. Of the others those whom the linkage accepted, under the same
--   conditions. Never a number that a reviewer has rejected, or under which the senders know two
--   given names. What stands where nothing is known agrees with nothing: Baby, no fixed abode
--   (ZZ99).
with people as (
    select
        person_id,
        family,
        given,
        birth_date,
        postcode,
        count(*) over (partition by family, given, birth_date, postcode) as count_alike
    from int_people
    where family is not null and birth_date is not null and postcode not like 'ZZ99%'
        and given not in (
            'BABY', 'BABYBOY', 'BABYGIRL', 'BOY', 'GIRL', 'MALE', 'FEMALE', 'INFANT', 'NEWBORN',
            'TWIN', 'TWIN1', 'TWIN2', 'TWINA', 'TWINB',
            'TWINI', 'TWINII', 'TWINONE', 'TWINTWO', 'TRIPLET', 'UNKNOWN', 'NOTKNOWN', 'NK',
            'UNNAMED', 'NOTNAMED', 'NONE', 'NULL'
        )
        and given not like 'BABYOF%'
),

candidates as (
    select people.person_id, people.family, people.given, people.birth_date, people.postcode
    from people
    inner join int_candidate_numbers as numbers on numbers.person_id = people.person_id
    where numbers.may_be_linked and people.count_alike = 1
),

patients as (
    select sender, nhs_number, family, given, birth_date, postcode from int_patients
    where nhs_number is not null
),

found as (
    select
        candidates.person_id,
        min(patients.nhs_number) as nhs_number,
        min(patients.sender) as evidence
    from candidates
    inner join patients
        on patients.family = candidates.family
        and patients.given = candidates.given
        and patients.birth_date = candidates.birth_date
        and patients.postcode = candidates.postcode
    group by candidates.person_id
    having count(distinct patients.nhs_number) = 1
),

-- at most one accepted number a person (see transform/linkage)
scored as (
    select
        links.person_id,
        links.nhs_number,
        links.sender || ', weight ' || cast(round(links.weight, 1) as varchar)
            || coalesce(', margin ' || cast(round(links.margin, 1) as varchar),
                ', no other candidate') as evidence
    from int_link_rules as links
    inner join int_candidate_numbers as numbers on numbers.person_id = links.person_id
    where links.outcome = 'accepted' and links.weight is not null and numbers.may_be_linked
        and not exists (select 1 from found where found.person_id = links.person_id)
),

offered as (
    select person_id, nhs_number, evidence from found
    union all
    select person_id, nhs_number, evidence from scored
),

free as (
    select
        found.person_id,
        found.nhs_number,
        found.evidence,
        count(*) over (partition by found.nhs_number) as count_people,
        count(*) over (partition by found.person_id) as count_numbers
    from offered as found
    inner join int_patient_numbers as numbers on numbers.nhs_number = found.nhs_number
    where numbers.count_birth_dates = 1 and numbers.is_one_given
        and not exists (
            select 1 from int_link_rules as rules
            where rules.nhs_number = found.nhs_number and rules.person_id = found.person_id
                and rules.held_back_by is not null
        )
        and not exists (
            select 1 from int_number_claims as claims
            where claims.nhs_number = found.nhs_number and claims.person_id <> found.person_id
        )
        and not exists (
            select 1 from int_number_reviews as reviews
            where reviews.nhs_number = found.nhs_number and reviews.person_id = found.person_id
                and reviews.decision = 'reject'
        )
),

final as (
    select person_id, nhs_number, evidence from free where count_people = 1 and count_numbers = 1
)

select person_id, nhs_number, evidence from final
