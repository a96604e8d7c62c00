-- severity: block
-- grain: dataset
-- reads: int_bi_classes, int_bi_terms
-- why: no fewer than k people share all that any row of a de-identified dataset shows
select classes.dataset, classes.count_people
from int_bi_classes as classes
cross join int_bi_terms as terms
where classes.count_people < terms.k
