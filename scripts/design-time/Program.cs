// dotnet-ef finds the contexts through IDesignTimeDbContextFactory in the service's assembly; this program is never run.
return;
