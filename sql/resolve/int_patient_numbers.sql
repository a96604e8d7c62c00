-- grain: nhs_number
-- reads: int_patients
-- why: the NHS numbers that senders hold; a number under which they know two birth dates is
--   nobody's, because one of the two patients has another's number and nothing here says which. Nor
--   is one that stands for two given names, neither of which is the beginning of the other, good
--   enough to be linked to: twins share all else
with patients as (
    select
        sender,
        nhs_number,
        given,
        birth_date,
        is_sensitive,
        is_withheld,
        first_value(given) over (partition by nhs_number
            order by length(given) desc nulls last, given) as longest_given
    from int_patients
    where nhs_number is not null
),

final as (
    select
        nhs_number,
        min(sender) as sender,
        count(distinct birth_date) as count_birth_dates,
        coalesce(bool_and(substr(longest_given, 1, length(given)) = given), true) as is_one_given,
        bool_or(is_sensitive) as is_sensitive,
        bool_or(is_withheld) as is_withheld
    from patients
    group by nhs_number
)

select nhs_number, sender, count_birth_dates, is_one_given, is_sensitive, is_withheld from final
