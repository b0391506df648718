# What the platform's images run on, in tests: the context is the folder of the installed .NET.
FROM mcpp-test/os
COPY dotnet /usr/share/dotnet/dotnet
COPY host /usr/share/dotnet/host
COPY shared /usr/share/dotnet/shared
