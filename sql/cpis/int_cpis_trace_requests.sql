-- grain: person_id
-- reads: cpis_cohort, int_cpis_inactive_numbers, int_cpis_record_answers, int_nhs_numbers
-- why: Whose NHS number must be traced anew: the NHS says that it is superseded (CPR05) or no
--   longer live, and it is still the number that the council has. Not after an adoption: the new
--   identity is not the old record's to know.
with asked as (
    select answers.person_id, answers.nhs_number, 'superseded' as reason,
        answers.answered_at as asked_at
    from int_cpis_record_answers as answers
    where answers.record_code = 'CPR05'
    union all
    select numbers.person_id, numbers.nhs_number, 'inactive' as reason, inactive.sent_at as asked_at
    from int_nhs_numbers as numbers
    inner join int_cpis_inactive_numbers as inactive on inactive.nhs_number = numbers.nhs_number
)

select asked.person_id, min(asked.reason) as reason, max(asked.asked_at) as asked_at
from asked
inner join int_nhs_numbers as numbers
    on numbers.person_id = asked.person_id and numbers.nhs_number = asked.nhs_number
where asked.person_id not
    in (select person_id from cpis_cohort where is_adopted and ended_on is not null)
group by asked.person_id
