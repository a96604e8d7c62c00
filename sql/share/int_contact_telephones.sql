-- grain: person_id
-- reads: stg_telephone_numbers, stg_unread_rows
-- why: The one number to ring a person on. A number that is ex-directory on any line of the person
--   is never given, and none where a line of theirs cannot be read: it may be ex-directory.
with numbers as (
    select
        person_id,
        telephone_number_id,
        telephone_number,
        case telephone_number_type
            when 'Primary' then 1 when 'Mobile' then 2 when 'Mobile - Secondary' then 3
                when 'Home' then 4 when 'Work' then 5
        end as preference
    from stg_telephone_numbers
    where telephone_number is not null
),

ex_directory as (
    select distinct person_id, digits_of(telephone_number) as digits
    from stg_telephone_numbers
    where lower(telephone_number_type) like '%directory%'
),

final as (
    select
        person_id,
        telephone_number,
        row_number() over (partition by person_id
            order by preference, telephone_number_id, telephone_number) as rank
    from numbers
    where preference is not null
        and person_id not in (
            select person_id from stg_unread_rows
            where table_name = 'dm_telephone_numbers' and person_id is not null
        )
        and not exists (
            select 1
            from ex_directory
            where ex_directory.person_id = numbers.person_id
                and ex_directory.digits = digits_of(numbers.telephone_number)
        )
)

select person_id, telephone_number
from final
where rank = 1
