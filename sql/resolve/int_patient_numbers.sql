-- grain: nhs_number
-- reads: int_patients
-- why: the NHS numbers that senders hold; a number under which they know two birth dates is nobody's, because one of
--   the two patients has another's number and nothing here says which
with patients as (
    select sender, nhs_number, birth_date, is_sensitive from int_patients where nhs_number is not null
),

final as (
    select
        nhs_number,
        min(sender) as sender,
        count(distinct birth_date) as count_birth_dates,
        bool_or(is_sensitive) as is_sensitive
    from patients
    group by nhs_number
)

select nhs_number, sender, count_birth_dates, is_sensitive from final
