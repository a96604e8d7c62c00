-- severity: block
-- grain: dataset, person_id
-- reads: config.agreement_datasets, int_nhs_numbers, int_published
-- why: whoever is published stands under the number that was resolved for them, a real one at the
--   standing that the agreement demands, and nobody whose number is in conflict stands there at all
select published.dataset, published.person_id
from int_published as published
left join int_nhs_numbers as numbers on numbers.person_id = published.person_id
left join config.agreement_datasets as agreed on agreed.dataset = published.dataset
where numbers.standing is null
    or numbers.standing = 'conflict'
    or published.nhs_number is distinct from numbers.nhs_number
    or (
        agreed.standing is distinct from 'none'
        and not coalesce(
            is_nhs_number(published.nhs_number)
            and case numbers.standing when 'verified' then 3 when 'traced' then 2
                when 'matched' then 1 end
            >= case agreed.standing when 'verified' then 3 when 'traced' then 2
                when 'matched' then 1 end,
            false
        )
    )
