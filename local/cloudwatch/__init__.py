"""CloudWatch: the metrics of the functions and of AWS's services, and the states of the template's alarms."""
