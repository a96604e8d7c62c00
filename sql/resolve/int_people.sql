-- grain: person_id
-- reads: config.restrictions, config.settings, stg_addresses, stg_people
-- why: what identifies each person of the case store, written so that two systems' spellings
--   compare, with age and death at the as-at time; the address is the one shown on the record, of
--   those that are current. A blank mark of restriction restricts, unless the council says that
--   blank means no, or hardly any record has a mark
with settings as (
    select as_at_local from config.settings
),

current_addresses as (
    select
        addresses.person_id,
        addresses.postcode,
        row_number() over (
            partition by addresses.person_id
            order by addresses.is_display desc, addresses.started_at desc nulls last,
                addresses.address_id desc
        ) as rank
    from stg_addresses as addresses
    cross join settings
    where (addresses.started_at is null or addresses.started_at <= settings.as_at_local)
        and (addresses.ended_at is null or addresses.ended_at > settings.as_at_local)
),

people as (
    select
        person_id,
        nhs_number_text(nhs_id) as held_number,
        fold_name(last_name) as family,
        fold_name(first_name) as given,
        cast(birth_at as date) as birth_date,
        died_at,
        is_restricted
    from stg_people
),

-- filled: blank restricts where at least half of the records have a mark
marks as (
    select
        terms.blank = 'closed'
        or (terms.blank = 'filled' and count(people.is_restricted) * 2 >= count(people.person_id))
            as is_blank_restricted
    from config.restrictions as terms
    left join people on true
    group by terms.blank
),

final as (
    select
        people.person_id,
        people.held_number,
        is_nhs_number(people.held_number) as is_held_number_valid,
        people.family,
        people.given,
        people.birth_date,
        fold_postcode(current_addresses.postcode) as postcode,
        age_in_years(people.birth_date, cast(settings.as_at_local as date)) as age_years,
        coalesce(people.is_restricted, marks.is_blank_restricted) as is_restricted,
        coalesce(people.died_at <= settings.as_at_local, false) as is_dead
    from people
    cross join settings
    cross join marks
    left join current_addresses
        on current_addresses.person_id = people.person_id and current_addresses.rank = 1
)

select
    person_id, held_number, is_held_number_valid, family, given, birth_date, postcode, age_years,
    is_restricted, is_dead
from final
