-- grain: dataset
-- reads: nothing
-- why: The datasets about people that this program can publish. What is not in this list cannot leave, whatever an
--   agreement says.
select dataset, direction
from (
    values
        ('advocates_and_next_of_kin', 'out'),
        ('accessible_information', 'out'),
        ('case_status', 'out'),
        ('allocated_teams', 'out'),
        ('allocated_workers', 'out'),
        ('medications', 'in'),
        ('diagnoses', 'in'),
        ('allergies', 'in'),
        ('immunisations', 'in'),
        ('visits', 'in'),
        ('people', 'internal')
) as datasets (dataset, direction)
