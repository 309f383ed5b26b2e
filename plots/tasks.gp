# Tasks running and tasks waiting for a place.
# From the preamble: time.gp's.
set ylabel 'tasks' textcolor rgb colour_faint
set yrange [0 : *]
plot data using (moment($1)):(column('tasks_running')) with lines linewidth 2 linecolor rgb colour_used title 'running', \
     data using (moment($1)):(column('tasks_waiting')) with lines linewidth 2 linecolor rgb colour_offered title 'waiting'
