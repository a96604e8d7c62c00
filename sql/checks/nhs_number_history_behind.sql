-- severity: block
-- grain: person_id
-- reads: int_nhs_numbers, nhs_number_decisions
-- why: what is used is what the history says was decided last, for every person
select numbers.person_id
from int_nhs_numbers as numbers
left join (
    select person_id, nhs_number, standing, method,
        row_number() over (partition by person_id order by position desc) as rank
    from nhs_number_decisions
) as decisions on decisions.person_id = numbers.person_id and decisions.rank = 1
where row(numbers.nhs_number, numbers.standing, numbers.method)
    is distinct from row(decisions.nhs_number, decisions.standing, decisions.method)
