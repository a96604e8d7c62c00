-- grain: figure
-- reads: config.figures, int_figures
-- publishes to: bi/figure_definitions
-- holds: figures
-- why: How each published figure is to be read, and which model makes it.
select figure, why, numerator, denominator, source, known_limits, model, query
from config.figures
where figure in (select figure from int_figures)
