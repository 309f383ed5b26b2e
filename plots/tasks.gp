# Tasks running and tasks waiting for a place.
# From the preamble: data; time.gp's.
set ylabel 'tasks' textcolor rgb colour_faint
set yrange [0 : *]
plot data using (in_bin($1)):(column('tasks_running')) smooth unique with lines linewidth 2 linecolor rgb colour_used title 'running', \
     data using (in_bin($1)):(column('tasks_waiting')) smooth unique with lines linewidth 2 linecolor rgb colour_offered title 'waiting'
