-- grain: person_id, nhs_number
-- reads: int_candidate_numbers, int_number_reviews, int_patient_numbers, int_patients, int_people,
--   linkage.links, stg_addresses, stg_patients, stg_people
-- why: Which links only a person may make, whatever they weigh, and why: the first rule that
--   applies. A false link shows one person's health record under another person's name. Read are
--   the pairs of the linkage, and the pairs that are the same in family name, given name, birth
--   date and postcode. held_back_by is null where no rule holds the link back.
with people as (
    select
        people.person_id, people.family, people.given, people.birth_date, people.postcode,
        substr(names.gender, 1, 1) as sex
    from int_people as people
    inner join stg_people as names on names.person_id = people.person_id
),

known_patients as (
    select
        patients.sender, patients.patient_id, patients.nhs_number, patients.family, patients.given,
        patients.birth_date, patients.postcode, substr(upper(details.gender), 1, 1) as sex
    from int_patients as patients
    inner join stg_patients as details
        on details.sender = patients.sender and details.patient_id = patients.patient_id
    where patients.nhs_number is not null
),

numbered as (
    select
        nhs_number, family, given, birth_date, postcode,
        row_number() over (partition by nhs_number order by sender, patient_id) as place
    from known_patients
),

patients as (
    select nhs_number, family, given, birth_date, postcode from numbered where place = 1
),

everybody as (
    select 'person' as kind, cast(person_id as varchar) as id, family, given, birth_date, postcode
    from people
    union all
    select 'patient' as kind, nhs_number as id, family, given, birth_date, postcode from patients
),

-- 1 January, and a date or a day of the year that far more people have than is usual: written where
-- the day is not known
births as (
    select
        birth_date,
        count(distinct family) as count_families,
        sum(count(*)) over (partition by month(birth_date), day(birth_date)) as count_day,
        sum(count(*)) over (partition by year(birth_date)) as count_year,
        sum(count(*)) over () as count_all
    from everybody
    where birth_date is not null
    group by birth_date
),

default_dates as (
    select birth_date
    from births
    where (month(birth_date) = 1 and day(birth_date) = 1)
        or (count_day >= 30 and count_day * 365 > 5 * count_all)
        or (count_families >= 12 and count_families * 365 > 10 * count_year)
),

-- a hostel, a home or an accommodation agency: many families at one postcode, or an address that
-- says so
homes as (
    select
        postcode,
        count(distinct family) as count_families,
        avg(count(distinct family)) over () as average_families
    from people
    where postcode is not null
    group by postcode
),

shared_postcodes as (
    select postcode from homes where count_families >= 12 and count_families > 4 * average_families
    union
    select fold_postcode(postcode)
    from stg_addresses
    where postcode is not null
        and (
            lower(address) like '%hostel%' or lower(address) like '%hotel%'
                or lower(address) like '%care home%'
            or lower(address) like '%nursing home%' or lower(address) like '%residential home%'
            or lower(address) like '%refuge%' or lower(address) like '%shelter%'
                or lower(address) like '%asylum%'
            or lower(address) like '%reception centre%' or lower(address) like '%hospital%'
            or lower(address) like '%prison%' or lower(address) like 'hmp %'
                or lower(address) like '%barracks%'
            or lower(address) like '%halls of residence%'
                or lower(address) like '%temporary accommodation%'
        )
),

-- how many people bear a given name, and both names
given_names as (
    select given, count(*) as count_bearers from everybody where given is not null group by given
),

whole_names as (
    select family, given, count(*) as count_bearers, count(distinct birth_date) as count_births
    from everybody
    where family is not null and given is not null
    group by family, given
),

-- brothers and sisters of one birth date
born_together as (
    select family, birth_date, count(distinct given) as count_given
    from everybody
    where family is not null and birth_date is not null and given is not null
    group by family, birth_date
),

linked as (
    select
        person_id, nhs_number, sender, weight, margin, outcome, given_agrees, family_agrees,
        birth_date_agrees, postcode_agrees, are_two_names
    from linkage.links
),

same_four as (
    select people.person_id, patients.nhs_number
    from people
    inner join int_candidate_numbers as candidates
        on candidates.person_id = people.person_id and candidates.may_be_linked
    inner join patients
        on patients.family = people.family and patients.given = people.given
        and patients.birth_date = people.birth_date and patients.postcode = people.postcode
    inner join int_patient_numbers as numbers
        on numbers.nhs_number = patients.nhs_number and numbers.count_birth_dates = 1
    where not exists (
        select 1 from linked where linked.person_id = people.person_id
            and linked.nhs_number = patients.nhs_number
    )
        and not exists (
            select 1 from int_number_reviews as reviews
            where reviews.person_id = people.person_id and reviews.nhs_number = patients.nhs_number
        )
),

pairs as (
    select
        person_id, nhs_number, sender, weight, margin, outcome, given_agrees, family_agrees,
        birth_date_agrees, postcode_agrees, are_two_names
    from linked
    union all
    select
        person_id, nhs_number, cast(null as varchar), cast(null as double), cast(null as double),
        'accepted', 'same', 'same', 'same', 'same',
        false
    from same_four
),

sexes as (
    select pairs.person_id, pairs.nhs_number,
        max(case when known_patients.sex <> people.sex then 1 else 0 end) = 1 as is_other_sex
    from pairs
    inner join people on people.person_id = pairs.person_id
    inner join known_patients on known_patients.nhs_number = pairs.nhs_number
    where people.sex in ('M', 'F') and known_patients.sex in ('M', 'F')
    group by pairs.person_id, pairs.nhs_number
),

compared as (
    select
        pairs.person_id, pairs.nhs_number, pairs.sender, pairs.weight, pairs.margin, pairs.outcome,
        pairs.given_agrees, pairs.family_agrees, pairs.birth_date_agrees,
        coalesce(sexes.is_other_sex, false) as is_other_sex,
        person_default.birth_date is not null
            or patient_default.birth_date is not null as is_default_date,
        coalesce(
            is_swapped(people.birth_date, patients.birth_date)
                or case when year(people.birth_date) = year(patients.birth_date) then 1 else 0 end
                + case when month(people.birth_date) = month(patients.birth_date) then 1 else 0 end
                + case when day(people.birth_date) = day(patients.birth_date)
                    then 1 else 0 end >= 2,
            false
        ) as is_near_date,
        coalesce(abs(year(people.birth_date) - year(patients.birth_date)) >= 12, false)
            as is_generation_apart,
        pairs.given_agrees in ('same', 'same as another name', 'another form', 'part of the other')
            or pairs.given_agrees like 'exchanged%' as is_given_firm,
        pairs.family_agrees in ('same', 'same as another name', 'another form', 'part of the other')
            or pairs.given_agrees like 'exchanged%' as is_family_firm,
        pairs.birth_date_agrees = 'same' as is_date_firm,
        pairs.postcode_agrees in ('same', 'same at an earlier address')
            and shared.postcode is null as is_postcode_firm,
        shared.postcode is not null as is_shared_address,
        -- two names that our lists or other people bear, unless one is a short form or a spelling
        -- of the other
        coalesce(pairs.are_two_names and pairs.given_agrees <> 'same', false)
            or pairs.given_agrees in ('one slip', 'beginning or end')
            and (
                (coalesce(person_given.count_bearers, 0) > 1
                    and coalesce(patient_given.count_bearers, 0) > 1)
                or substr(people.given, 1, 1) <> substr(patients.given, 1, 1)
            ) as is_two_given,
        -- the two names of the pair itself are not a brother and a sister
        greatest(coalesce(twins.count_given, 0), coalesce(patient_twins.count_given, 0))
            > case
                when people.family = patients.family and people.birth_date = patients.birth_date
                    and people.given <> patients.given then 2
                else 1
            end as is_born_together,
        coalesce(namesakes.count_births > 1 or namesakes.count_bearers > 2, false) as is_common_name
    from pairs
    inner join people on people.person_id = pairs.person_id
    inner join patients on patients.nhs_number = pairs.nhs_number
    left join sexes on sexes.person_id = pairs.person_id and sexes.nhs_number = pairs.nhs_number
    left join default_dates as person_default on person_default.birth_date = people.birth_date
    left join default_dates as patient_default on patient_default.birth_date = patients.birth_date
    left join shared_postcodes as shared on shared.postcode = people.postcode
    left join given_names as person_given on person_given.given = people.given
    left join given_names as patient_given on patient_given.given = patients.given
    left join born_together as twins
        on twins.family = people.family and twins.birth_date = people.birth_date
    left join born_together as patient_twins
        on patient_twins.family = patients.family and patient_twins.birth_date = patients.birth_date
    left join whole_names as namesakes
        on namesakes.family = patients.family and namesakes.given = patients.given
),

ruled as (
    select
        person_id, nhs_number, sender, weight, margin, outcome,
        case
            when given_agrees = 'missing' then 'given_name_missing'
            when family_agrees = 'missing' and given_agrees not like 'exchanged%'
                then 'family_name_missing'
            when is_other_sex then 'sex_differs'
            when is_default_date then 'default_birth_date'
            when not is_near_date then 'birth_dates_differ'
            when is_generation_apart then 'a_generation_apart'
            when given_agrees in ('different', 'alike', 'one word in common')
                then 'given_names_differ'
            when family_agrees in ('different', 'alike', 'one word in common')
                then 'family_names_differ'
            when given_agrees = 'initial' then 'given_name_is_an_initial'
            when is_two_given then 'two_given_names'
            when is_born_together and given_agrees not
                in ('same', 'same as another name', 'another form')
                and given_agrees not like 'exchanged%'
                then 'born_together'
            when given_agrees like 'exchanged%' and not (is_date_firm and is_postcode_firm)
                then 'names_exchanged'
            when cast(is_given_firm as integer) + cast(is_family_firm as integer)
                + cast(is_date_firm as integer)
                + cast(is_postcode_firm as integer) < 3 then
                case when is_shared_address then 'shared_address' else 'too_little_agrees' end
            when not is_date_firm and not (is_given_firm and given_agrees <> 'another form')
                then 'too_little_agrees'
            when is_common_name and not is_postcode_firm then 'namesakes'
        end as held_back_by
    from compared
),

final as (
    select
        person_id, nhs_number, sender, weight, margin,
        case when held_back_by is not null then 'review' else outcome end as outcome,
        held_back_by
    from ruled
)

select person_id, nhs_number, sender, weight, margin, outcome, held_back_by from final
