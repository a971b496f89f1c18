#!/bin/sh
# Makes a program of Solution.java and Main.java; $1 is javac. The tests are compiled
# where they see the solution's class alone, so that no other class of its file stands
# for one of Java's, and their classes are the ones that count.
compile() {
    "$javac" -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -nowarn "$@" || exit 1
}
javac=$1
mkdir solution seen tests
compile -d solution Solution.java
for class in solution/Solution.class solution/Solution\$*.class; do
    [ ! -e "$class" ] || cp "$class" seen
done
compile -cp seen -d tests Main.java
cp -r tests/. solution
tar cf program -C solution . && cat program >&5
